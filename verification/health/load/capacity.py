"""What gunicorn's own configuration says of the project's server: ``python -m <package>.health.load.capacity``.

The arguments are those of gunicorn. Prints one JSON object; does not load the application.
"""

import json

if __name__ == "__main__":
    from gunicorn.app.wsgiapp import WSGIApplication

    cfg = WSGIApplication().cfg
    threads = 1 if cfg.worker_class_str == "sync" else cfg.threads
    print(json.dumps({"threads": threads, "worker": cfg.worker_class_str}))  # noqa: T201 - the answer
