"""Orders: the state machine, and what moves an order through it.

A scan creates an order, `initiation` starts its payment, `payment_results` acts on the provider's answer, and
`make_command` tells the machine to make the drink. Views, webhooks and the background check call these.
"""
