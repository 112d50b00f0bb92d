"""The table of second readings, tried from the top down when the plain reading of two answers differs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from dartmath.verify.language.plain_numbers import LEAST_SCALE
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.numeric.exact import Inexact, rational
from dartmath.verify.parsing.parser import is_plain_equation, is_plain_number
from dartmath.verify.readings.absolute import absolute_of_answer, absolute_of_reference
from dartmath.verify.readings.antiderivatives import antiderivatives
from dartmath.verify.readings.asked import (
    bound_asked_for,
    constants,
    expression_of_query,
    numbers_of_scale,
    selected_options,
    solved_variable,
    text_of_option,
)
from dartmath.verify.readings.bounds import bounds, has_bounds
from dartmath.verify.readings.chains import (
    ends_of_chains,
    equal_names,
    has_chain,
    has_stroke,
    letters_under_stroke,
    proportionalities,
    says_proportional,
    tangents,
)
from dartmath.verify.readings.chemistry import may_be_chemistry, species, states
from dartmath.verify.readings.coefficients import has_long_decimals, rounded_coefficients
from dartmath.verify.readings.computed import computed, computes
from dartmath.verify.readings.conventions import has_unit_vectors, other_constants, unit_vectors
from dartmath.verify.readings.counted import (
    count_of_list,
    has_counted_list,
    none_counted,
    number_of_what_is_asked,
)
from dartmath.verify.readings.derivatives import derivatives, has_derivative
from dartmath.verify.readings.dirac import has_states
from dartmath.verify.readings.dirac import states as states_of_dirac
from dartmath.verify.readings.directions import directed, may_have_direction
from dartmath.verify.readings.durations import durations, may_be_duration
from dartmath.verify.readings.families import families, families_in_words, renamed_parameters, residues
from dartmath.verify.readings.labelled import labelled_values, may_have_labels
from dartmath.verify.readings.labels import (
    chosen_names,
    indices_left_out,
    label_of_part,
    variable_of_polynomial,
)
from dartmath.verify.readings.letters import (
    capital_constants,
    combinations,
    digits_in_base,
    has_long_index,
    has_unit_and_symbols,
    indices_of_one_letter,
    j_as_imaginary_unit,
    letters_as_product,
    letters_in_base,
    scale_letters,
    units_as_factors,
    x_as_sign,
)
from dartmath.verify.readings.lines import lines
from dartmath.verify.readings.lists import (
    commas_between_items,
    groups_of_digits,
    is_quoted,
    owed,
    quoted_items,
    roots_in_any_order,
    rows_without_brackets,
    spaces_between_items,
)
from dartmath.verify.readings.logic import may_be_logic, statements
from dartmath.verify.readings.measured import (
    concise_uncertainties,
    decreases,
    has_digits_in_brackets,
    has_percentage_points,
    intervals_around,
    key_ranges,
    may_be_range,
    percentage_points,
    percentages_of_whole,
    ranges,
    scales_of_query,
    settles_plain_values,
    speaks_of_whole,
    states_uncertainty,
    uncertainties,
    uncertainties_of_answer,
)
from dartmath.verify.readings.named_values import named_values
from dartmath.verify.readings.pieces import cases_in_words, speaks_of_cases
from dartmath.verify.readings.points import points_with_names, values_of_figures
from dartmath.verify.readings.polar import polar_coordinates
from dartmath.verify.readings.quantities import quantities
from dartmath.verify.readings.reading import (
    NamedReading,
    Pair,
    Sides,
    both_have_symbols,
    has_collection,
    has_query,
    has_relation,
    has_symbols,
    has_words,
    may_have_units,
    mentions_modulus,
)
from dartmath.verify.readings.recombined import recombined_constants
from dartmath.verify.readings.remarks import may_have_remark, remarks
from dartmath.verify.readings.solutions import solved_equations, solved_inequalities
from dartmath.verify.readings.structures import (
    cyclic_groups,
    has_matrix,
    may_be_group,
    multiples_of_identity,
    spans,
    speaks_of_span,
)
from dartmath.verify.readings.systems import solutions_as_tuples
from dartmath.verify.readings.words import (
    approximations_beside,
    counted_things,
    explained_verdicts,
    has_list_of_words,
    has_ordinal,
    ordinals,
    part_of_whole,
    repeated_questions,
    said_of_subject,
    speaks_of_part,
    stated_values,
    times_of_day,
    times_with_seconds,
)
from dartmath.verify.tree.expression import Apply, Group, Number, Relation


def _are_ratios(sides: Sides) -> bool:
    ours, theirs = sides.ours, sides.theirs
    if not (isinstance(ours, Apply) and isinstance(theirs, Apply)):
        return False
    return ours.name == theirs.name == "ratio"


def _has_figure(sides: Sides) -> bool:
    return has_relation(sides) or has_collection(sides)


def _has_equality(sides: Sides) -> bool:
    return "=" in sides.reference or "=" in sides.answer


def _is_sentence(sides: Sides) -> bool:
    return " " in sides.reference or " " in sides.answer


def _approximates(sides: Sides) -> bool:
    texts = f"{sides.reference}\n{sides.answer}"
    return "approx" in texts or "≈" in texts


def _may_have_label(sides: Sides) -> bool:
    return ")" in sides.reference or ")" in sides.answer


def _has_named_values(sides: Sides) -> bool:
    return isinstance(sides.ours, Relation) and isinstance(sides.theirs, Relation) and has_query(sides)


_PLAIN = (Number, Apply)
"""What a plain number is parsed to: a fraction, or its negative, is applied to its parts."""


def _are_plain_numbers(sides: Sides) -> bool:
    """Whether both sides are numbers, or fractions and nothing more, of which a query can settle nothing.

    It can have said their sign, or a scale.
    """
    ours, theirs = sides.ours, sides.theirs
    if not (isinstance(ours, Number) and isinstance(theirs, Number)):
        if not (
            isinstance(ours, _PLAIN)
            and isinstance(theirs, _PLAIN)
            and is_plain_number(sides.reference)
            and is_plain_number(sides.answer)
        ):
            return False
        if not settles_plain_values(sides.query):
            return True
    try:
        one, two = rational(ours), rational(theirs)
    except (Inexact, ArithmeticError):
        return False
    if not sides.query or not one or not two:
        return True
    # In whole numbers: to compare and to multiply fractions takes several times as long.
    ours_over, theirs_over = one.numerator * two.denominator, two.numerator * one.denominator
    same_sign = (ours_over < 0) == (theirs_over < 0)
    return same_sign and abs(ours_over) * LEAST_SCALE >= abs(theirs_over)


def _has_list_and_value(sides: Sides) -> bool:
    return isinstance(sides.ours, Group) and not isinstance(sides.theirs, Group)


def _may_be_key(sides: Sides) -> bool:
    return sides.reference[-1:].isdigit() and (":" in sides.reference or "to" in sides.reference.lower())


def _may_be_ranges(sides: Sides) -> bool:
    if sides.reference[-1:] == sides.reference[:1] or not any(map(str.isdigit, sides.answer)):
        return False
    return may_be_range(sides.reference) and may_be_range(sides.answer)


def _is_family(sides: Sides) -> bool:
    return has_collection(sides) or mentions_modulus(sides)


READINGS: tuple[NamedReading, ...] = (
    NamedReading("commas between items", has_collection, commas_between_items),
    NamedReading("groups of digits", has_collection, groups_of_digits),
    NamedReading("bookkeeper's brackets", has_collection, owed),
    NamedReading("time of day", has_words, times_of_day),
    NamedReading("direction of an amount", may_have_direction, directed),
    NamedReading("duration", may_be_duration, durations),
    NamedReading("time with seconds", _are_ratios, times_with_seconds),
    NamedReading("letters as factors", has_words, letters_as_product),
    NamedReading("counted things", has_words, counted_things),
    NamedReading("part of a whole", speaks_of_part, part_of_whole),
    NamedReading("digits in the base asked for", has_query, digits_in_base),
    NamedReading("letters as digits", has_symbols, letters_in_base),
    NamedReading("formulas of chemistry", may_be_chemistry, species),
    NamedReading("states of chemistry", has_query, states),
    NamedReading("names of parameters", both_have_symbols, renamed_parameters),
    NamedReading("letters as units", may_have_units, quantities),
    NamedReading("names of constants", both_have_symbols, constants),
    NamedReading("notation of derivatives", has_derivative, derivatives),
    NamedReading("number of what is asked for", has_query, number_of_what_is_asked),
    NamedReading("none of what is asked for", has_query, none_counted),
    NamedReading("a count and its list", has_counted_list, count_of_list),
    NamedReading("number of millions asked for", has_query, numbers_of_scale),
    NamedReading("scale that the query asks for", has_query, scales_of_query),
    NamedReading("decrease asked for", has_query, decreases),
    NamedReading("text of an option", has_query, text_of_option),
    NamedReading("label of a part", _may_have_label, label_of_part),
    NamedReading("options selected", has_query, selected_options),
    NamedReading("variable asked for", has_query, solved_variable),
    NamedReading("expression asked for", has_query, expression_of_query),
    NamedReading("bound asked for", has_query, bound_asked_for),
    NamedReading("uncertainty beside a value", _has_list_and_value, uncertainties),
    NamedReading("uncertainty of the answer", states_uncertainty, uncertainties_of_answer),
    NamedReading("percentage points", has_percentage_points, percentage_points),
    NamedReading("uncertainty of the last digits", has_digits_in_brackets, concise_uncertainties),
    NamedReading("ends of a range", _may_be_ranges, ranges),
    NamedReading("range of an answer key", _may_be_key, key_ranges),
    NamedReading("value of a computation", computes, computed),
    NamedReading("absolute value solved", has_query, absolute_of_answer),
    NamedReading("spaces between items", has_collection, spaces_between_items),
    NamedReading("items in quotes", is_quoted, quoted_items),
    NamedReading("rows without brackets", has_collection, rows_without_brackets),
    NamedReading("residue or its class", mentions_modulus, residues),
    NamedReading("family of numbers", _is_family, families),
    NamedReading("solutions of an equation", has_relation, solved_equations),
    NamedReading("solutions of an inequality", has_relation, solved_inequalities),
    NamedReading("index left out", both_have_symbols, indices_left_out),
    NamedReading("constants combined otherwise", both_have_symbols, recombined_constants),
    NamedReading("antiderivative", has_symbols, antiderivatives),
    NamedReading("rounded coefficients", has_long_decimals, rounded_coefficients),
    NamedReading("solutions as tuples", has_collection, solutions_as_tuples),
    NamedReading("line in a parameter", both_have_symbols, lines),
    NamedReading("points with names", has_collection, points_with_names),
    NamedReading("names that the query leaves open", _has_named_values, chosen_names),
    NamedReading("value of a figure", _has_figure, values_of_figures),
    NamedReading("name of what is measured", _has_equality, named_values),
    NamedReading("absolute value solved", has_relation, absolute_of_reference),
    NamedReading("j as the imaginary unit", has_symbols, j_as_imaginary_unit),
    NamedReading("constants in capitals", has_symbols, capital_constants),
    NamedReading("polar coordinates", has_relation, polar_coordinates),
    NamedReading("x as a sign", has_symbols, x_as_sign),
    NamedReading("letter of a scale", has_symbols, scale_letters),
    NamedReading("combinations", has_symbols, combinations),
    NamedReading("family in words", has_words, families_in_words),
    NamedReading("yes or no with an explanation", _is_sentence, explained_verdicts),
    NamedReading("question repeated", has_query, repeated_questions),
    NamedReading("value that a sentence states", _is_sentence, stated_values),
    NamedReading("approximation beside an exact value", _approximates, approximations_beside),
    NamedReading("statement of logic", may_be_logic, statements),
    NamedReading("what a sentence says of its subject", has_list_of_words, said_of_subject),
    NamedReading("ordinals in words", has_ordinal, ordinals),
    NamedReading("ends of a chain", has_chain, ends_of_chains),
    NamedReading("angle by its tangent", has_relation, tangents),
    NamedReading("several names of one value", has_chain, equal_names),
    NamedReading("index of one letter", has_long_index, indices_of_one_letter),
    NamedReading("units as factors", has_unit_and_symbols, units_as_factors),
    NamedReading("letters under a stroke", has_stroke, letters_under_stroke),
    NamedReading("what an inequality bounds", has_bounds, bounds),
    NamedReading("cases in words", speaks_of_cases, cases_in_words),
    NamedReading("values behind labels", may_have_labels, labelled_values),
    NamedReading("remark beside a value", may_have_remark, remarks),
    NamedReading("percentage of a weight or volume", speaks_of_whole, percentages_of_whole),
    NamedReading("interval around a value", has_collection, intervals_around),
    NamedReading("roots in any order", has_collection, roots_in_any_order),
    NamedReading("variable of a polynomial", both_have_symbols, variable_of_polynomial),
    NamedReading("another constant of nature", both_have_symbols, other_constants),
    NamedReading("unit vectors", has_unit_vectors, unit_vectors),
    NamedReading("states in Dirac's notation", has_states, states_of_dirac),
    NamedReading("multiple of the identity", has_matrix, multiples_of_identity),
    NamedReading("proportionality", says_proportional, proportionalities),
    NamedReading("product of cyclic groups", may_be_group, cyclic_groups),
    NamedReading("space that vectors span", speaks_of_span, spans),
)
"""From what the other side's notation suggests most to what it suggests least.

The first reading under which the sides are equal decides; where there is none, the verdict is that of the
last one, whose reason says most. To add a reading, write it beside its kind and put its row here.
"""


_OF_PLAIN_VALUES = tuple(reading for reading in READINGS if reading.pairs in (scales_of_query, decreases))
"""The rows that can make something of a plain number, and of another to which a letter is set equal."""


def _are_plain_values(sides: Sides) -> bool:
    """Whether a side is a plain number, the other too or such an equation, and there is a query."""
    if not sides.query:
        return False
    if isinstance(sides.ours, _PLAIN) and is_plain_number(sides.reference):
        return is_plain_number(sides.answer) or is_plain_equation(sides.answer)
    return (
        isinstance(sides.theirs, _PLAIN)
        and is_plain_number(sides.answer)
        and is_plain_equation(sides.reference)
    )


_CONDITIONS = tuple(dict.fromkeys(reading.applies for reading in READINGS))
"""Each condition once: many rows share one."""


@cache
def _applying(holds: tuple[bool, ...]) -> tuple[NamedReading, ...]:
    """The rows whose condition holds, from the answers to `_CONDITIONS`."""
    known = dict(zip(_CONDITIONS, holds, strict=True))
    return tuple(reading for reading in READINGS if known[reading.applies])


def other_readings(sides: Sides) -> Iterator[tuple[str, Pair | Decision]]:
    """What the two texts also allow, with the name of the reading; of most plain numbers nothing."""
    if _are_plain_numbers(sides):
        return
    if _are_plain_values(sides):
        rows = _OF_PLAIN_VALUES
    else:
        rows = _applying(tuple([condition(sides) for condition in _CONDITIONS]))
    for reading in rows:
        for found in reading.pairs(sides):
            yield reading.name, found
