"""The test of the detectors themselves: each must see every violation that it claims to see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...report.evidence import Table
from .detector import Detector
from .observations import Observation
from .session import ALL
from .violations import CLEAN, DESCRIPTIONS, Violation


@dataclass(frozen=True)
class DetectorSelfTest:
    """What the detectors saw in the violating project, one subject for each violation and ``CLEAN``."""

    observations: Sequence[Observation]

    def detected(self, detector: Detector, subject: str) -> bool | None:
        """Tell whether a detector reported a subject; None if it did not observe it."""
        of_pair = [
            observation
            for observation in self.observations
            if (observation.detector, observation.subject) == (detector.name, subject)
        ]
        return any(not observation.clean for observation in of_pair) if of_pair else None

    def failures(self, detectors: Iterable[Detector] = ALL) -> list[str]:
        """Return a line for each claim that does not hold and for each detector that reports the clean view."""
        failures = []
        for detector in detectors:
            clean = self.detected(detector, CLEAN)
            if clean is None and not detector.required:
                continue
            failures += [
                f"{detector.name}: missed {DESCRIPTIONS[violation]} ({violation}), which it claims to see"
                for violation in Violation
                if violation in detector.claims and not self.detected(detector, violation)
            ]
            if clean is None:
                failures.append(f"{detector.name}: did not observe the clean view")
            elif clean:
                failures.append(f"{detector.name}: reported the clean view")
        return failures

    def table(self, detectors: Sequence[Detector] = ALL) -> Table:
        """Return a row for each violation, a column for each detector."""
        subjects = [
            *((str(violation), DESCRIPTIONS[violation]) for violation in Violation),
            (CLEAN, "nothing"),
        ]
        return Table(
            "What each detector saw in the violating project",
            ["what the view did", *(detector.name for detector in detectors)],
            [
                [words, *(self._cell(detector, subject) for detector in detectors)]
                for subject, words in subjects
            ],
        )

    def _cell(self, detector: Detector, subject: str) -> str:
        detected, claimed = self.detected(detector, subject), subject in detector.claims
        if detected is None:
            return "not observed"
        if subject == CLEAN:
            return "reported: WRONG" if detected else "silent"
        if detected:
            return "detected" if claimed else "detected (not claimed)"
        return "missed: WRONG" if claimed else "blind"
