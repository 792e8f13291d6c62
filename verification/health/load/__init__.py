"""The health endpoint beside load: requests that wait for other services, slow clients, a stop, many probes.

In: a web server of the project with its outgoing hosts and its database in the harness's hands. Out: findings,
figures and a time line.
"""
