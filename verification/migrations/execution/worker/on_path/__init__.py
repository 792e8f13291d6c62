"""What a project's test run can import: this folder is on its ``sys.path``."""
