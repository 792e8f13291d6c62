"""The worker class of gunicorn: what `gunicorn.conf.py` names, and what it knows about HTTP."""
