"""The TheoremQA mode: answers of a known type, floats within 4 %.

The rules are those of the benchmark (Chen et al. 2023, https://arxiv.org/abs/2305.12524, section 4.1):
an integer must match after rounding, a float within 4 % of the reference, lists item by item after
sorting, booleans and options by name.
"""

from __future__ import annotations

from fractions import Fraction

from dartmath.base.errors import UnknownNameError
from dartmath.verify.compare.measures import measure
from dartmath.verify.compare.relations import assigned
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.numeric.ball import Evaluator, precision
from dartmath.verify.numeric.effort import BoundedEffort
from dartmath.verify.numeric.exact import Inexact, Undefined, rational
from dartmath.verify.parsing.parser import parse
from dartmath.verify.tree.expression import Apply, Constant, Expression, Group, Named, Relation, Symbol

ANSWER_TYPES = ("integer", "float", "list of integer", "list of float", "bool", "option")
RELATIVE = Fraction(4, 100)


def verify_theoremqa(reference: str, answer: str, answer_type: str | None = None) -> Verdict:
    """Whether an answer is right by the rules of TheoremQA.

    Args:
        reference: the benchmark's answer, such as "[0.333, 0.25]", "True" or "(c)".
        answer: the final answer of a response.
        answer_type: one of `ANSWER_TYPES`; None infers it from the reference.

    Raises:
        UnknownNameError: for another answer type.
    """
    kind = answer_type or _kind(reference)
    if kind not in ANSWER_TYPES:
        raise UnknownNameError("TheoremQA answer type", kind, ANSWER_TYPES)
    if kind == "bool":
        return _named(reference, answer, "boolean", answer)
    if kind == "option":
        return _option(reference, answer)
    with BoundedEffort():
        return _measured(reference, answer, kind)


def _measured(reference: str, answer: str, kind: str) -> Verdict:
    if kind.startswith("list"):
        return _lists(reference, answer)
    return _numbers(parse(reference), parse(answer), answer, integer=kind == "integer")


def _kind(reference: str) -> str:
    tree = parse(reference)
    if isinstance(tree, Named):
        return "bool" if tree.kind == "boolean" else "option"
    if isinstance(tree, Group):
        return "list of float"
    if _letter(tree) and not isinstance(tree, Constant):
        return "option"
    value = _value(tree)
    return "integer" if value is not None and value.denominator == 1 and "." not in reference else "float"


def _named(reference: str, answer: str, kind: str, shown: str) -> Verdict:
    ours, theirs = parse(reference), parse(answer)
    if not isinstance(theirs, Named) or theirs.kind != kind:
        return Verdict(Outcome.UNPARSABLE, shown, f"theoremqa-{kind}", f"no {kind} in the answer")
    return _judged(ours == theirs, shown, f"theoremqa-{kind}", f"{theirs.value} against {ours}")


def _option(reference: str, answer: str) -> Verdict:
    ours, theirs = _letter(parse(reference.strip("'\""))), _letter(parse(answer.strip("'\"")))
    if not theirs:
        return Verdict(Outcome.UNPARSABLE, answer, "theoremqa-option", "no option letter in the answer")
    return _judged(ours == theirs, answer, "theoremqa-option", f"option {theirs} against {ours}")


def _letter(tree: Expression) -> str:
    if isinstance(tree, Named) and tree.kind == "choice":
        return tree.value[0].lower()
    if isinstance(tree, Symbol | Constant) and len(tree.name) == 1:
        return tree.name.lower()
    if isinstance(tree, Apply) and tree.name == "mul":
        return _letter(tree.args[0])
    return ""


def _lists(reference: str, answer: str) -> Verdict:
    ours, theirs = _values(parse(reference, comma_groups=False)), _values(parse(answer, comma_groups=False))
    if ours is None or theirs is None:
        return Verdict(Outcome.UNPARSABLE, answer, "theoremqa-list", "no list of numbers in the answer")
    equal = len(ours) == len(theirs) and all(
        _near(one, two) for one, two in zip(sorted(ours), sorted(theirs), strict=True)
    )
    return _judged(equal, answer, "theoremqa-list", "sorted lists, item by item within 4 %")


def _values(tree: Expression) -> list[Fraction] | None:
    if isinstance(tree, Relation):
        tree = assigned(tree) or tree
    items = tree.items if isinstance(tree, Group) else (tree,)
    values = [_value(item) for item in items]
    return (
        None if any(value is None for value in values) else [value for value in values if value is not None]
    )


def _numbers(ours: Expression, theirs: Expression, answer: str, *, integer: bool) -> Verdict:
    one, two = _value(ours), _value(theirs)
    if one is None or two is None:
        return Verdict(Outcome.UNPARSABLE, answer, "theoremqa-number", "no number in the answer")
    if integer:
        return _judged(round(two) == one, answer, "theoremqa-integer", f"rounds to {float(round(two)):g}")
    return _judged(
        _near(one, two), answer, "theoremqa-float", "within 4 %" if _near(one, two) else "beyond 4 %"
    )


def _near(reference: Fraction, value: Fraction) -> bool:
    return abs(value - reference) <= abs(reference) * RELATIVE


_SURE_BITS = 60
"""Of a value that is computed with 128 bits: more than the 53 of the float that it becomes."""


def _value(tree: Expression) -> Fraction | None:
    """The number that a tree is worth, without its unit; None when it is no real number below 10^300."""
    if isinstance(tree, Relation):
        tree = assigned(tree) or tree
    bare = measure(tree)
    node = Apply("percent", (bare.value,)) if bare.kind == "percent" else bare.value
    try:
        value = rational(node)
        return value if abs(value) < 10**300 else None
    except (Inexact, ArithmeticError):
        pass
    with precision(128):
        try:
            number = Evaluator({}).real(node)
        except (Undefined, ArithmeticError, ValueError):
            return None
        if not abs(number) < 10**300 or number.rel_one_accuracy_bits() < _SURE_BITS:
            return None
        return Fraction(float(number.mid()))


def _judged(equal: bool, answer: str, comparison: str, reason: str) -> Verdict:
    return Verdict(Outcome.CORRECT if equal else Outcome.WRONG, answer, comparison, reason)
