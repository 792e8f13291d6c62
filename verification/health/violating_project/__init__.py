"""A Django project that commits every violation, one view for each: the control of the detectors."""
