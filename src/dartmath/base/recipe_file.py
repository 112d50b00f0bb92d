"""The file of a recipe: YAML without duplicate keys, and the line on which each key stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from dartmath.base.errors import DataError
from dartmath.base.section import Key

# Octal, and numbers to the base of 60.
_OLD_NUMBER = re.compile(r"[-+]?(?:0[0-7_]+|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)")


class OldNumberError(yaml.constructor.ConstructorError):
    """A number that YAML 1.1 reads as hardly anybody means it."""


class Loader(yaml.SafeLoader):
    """Safe YAML that raises `OldNumberError` for `010`, which would be 8, and `1:30`, which would be 90."""

    def construct_number(self, node: yaml.ScalarNode) -> int | float:
        """The number that a scalar looks like."""
        whole = node.tag.endswith(":int")
        number = self.construct_yaml_int(node) if whole else self.construct_yaml_float(node)
        if _OLD_NUMBER.fullmatch(node.value):
            said = f"{node.value} is {number} in YAML; write {number} if that is meant, and a text in quotes"
            raise OldNumberError(None, None, said, node.start_mark)
        return number


for _tag in ("int", "float"):
    Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", Loader.construct_number)


class RecipeFile:
    """A parsed file: `data`, and where each of its keys stands.

    Raises `DataError` for a file that cannot be read, is no YAML, or says a key twice.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            loader = Loader(path.read_text(encoding="utf-8"))
            self._root = loader.get_single_node()
            self._refuse_duplicates(self._root, set())
            self.data: Any = None if self._root is None else loader.construct_document(self._root)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
            what = ", ".join(filter(None, (error.problem, error.context)))
            kind = "" if isinstance(error, OldNumberError) else "not valid YAML: "
            raise DataError(f"{kind}{what}", path=path, line=line) from error
        except RecursionError:
            raise DataError("nested too deeply for a recipe", path=path) from None
        # A date that no calendar has is a plain ValueError.
        except (yaml.YAMLError, ValueError, OSError) as error:
            raise DataError(f"cannot be read: {error}", path=path) from error
        if not isinstance(self.data, dict):
            raise DataError(
                "a recipe is a mapping of sections; `dartmath recipes show tiny` prints one", path=path
            )

    def where(self, keys: Sequence[Key]) -> str:
        """The file and the line of a key, or of the innermost section around it that is written there."""
        node, line = self._root, 1
        for key in keys:
            if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
                node = node.value[key]
                line = node.start_mark.line + 1
                continue
            pairs = node.value if isinstance(node, yaml.MappingNode) else []
            found = next((pair for pair in pairs if pair[0].value == key), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        return f"{self.path}:{line}"

    def _refuse_duplicates(self, node: Any, seen: set[int]) -> None:
        """A key that is said twice would silently be its second value."""
        if id(node) in seen or not isinstance(node, yaml.CollectionNode):
            return
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            for child in node.value:
                self._refuse_duplicates(child, seen)
            return
        lines: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if isinstance(key, yaml.ScalarNode):
                if key.value in lines:
                    said = f"the key {key.value!r} is said twice; first on line {lines[key.value]}"
                    raise DataError(said, path=self.path, line=line)
                lines[key.value] = line
            self._refuse_duplicates(value, seen)
