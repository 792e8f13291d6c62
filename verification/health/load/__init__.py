"""The health endpoint beside load: requests that wait for other services, slow clients, a stop, many probes.

In: a web server of the project whose outgoing hosts and database are the harness's. Out: findings,
figures and a time line.
"""
