"""A guided session of about 45 minutes for people who know what a convolutional network is.

>>> from qscore_core.lab import STEPS, measure_facts, teachers_sheet
>>> facts = measure_facts(workspace)  # doctest: +SKIP
>>> STEPS[0].questions[0].judge(facts, 0.6)  # doctest: +SKIP
"""

from qscore_core.lab.answers import Answers, answers_of, keep_answer, new_code, require_code, standing
from qscore_core.lab.facts import LabFacts, facts_from_dict
from qscore_core.lab.glossary import GLOSSARY
from qscore_core.lab.handout import handout
from qscore_core.lab.measuring import DATASET, ENCODER, RIVAL, measure_facts, run_under_way, with_newest_run
from qscore_core.lab.questions import ChoiceQuestion, FeatureQuestion, NumberQuestion, Question, Verdict
from qscore_core.lab.session import STEPS, Step, Task
from qscore_core.lab.sheet import teachers_sheet

__all__ = [
    "DATASET",
    "ENCODER",
    "GLOSSARY",
    "RIVAL",
    "STEPS",
    "Answers",
    "ChoiceQuestion",
    "FeatureQuestion",
    "LabFacts",
    "NumberQuestion",
    "Question",
    "Step",
    "Task",
    "Verdict",
    "answers_of",
    "facts_from_dict",
    "handout",
    "keep_answer",
    "measure_facts",
    "new_code",
    "require_code",
    "run_under_way",
    "standing",
    "teachers_sheet",
    "with_newest_run",
]
