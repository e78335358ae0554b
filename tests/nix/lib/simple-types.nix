# The types of values that have no parts, and what all types are made with.
# A type is { name, description, class, check, merge, empty?, getSubOptions, declaredIn }. `class` says how its
# description may stand inside another one: without parentheses, or not. `declaredIn` tells options inside it their file.
{ definitions, messages }:
with builtins;
let
  inherit (definitions) conflict mergeEqual;
  inherit (messages) showValue;

  mkType =
    fields:
    let
      type = {
        class = "noun";
        merge = mergeEqual;
        getSubOptions = _: { };
        declaredIn = _: type;
      }
      // fields;
    in
    type;

  within =
    classes: type: if elem type.class classes then type.description else "(${type.description})";

  integer =
    name: description: class: check:
    mkType {
      inherit name description class;
      check = value: isInt value && check value;
    };

  either =
    first: second:
    mkType {
      name = "either";
      description =
        within [ "noun" "conjunction" ] first + " or " + within [ "noun" "conjunction" "composite" ] second;
      class = "conjunction";
      check = value: first.check value || second.check value;
      merge =
        path: definitions:
        if all (d: first.check d.value) definitions then
          first.merge path definitions
        else if all (d: second.check d.value) definitions then
          second.merge path definitions
        else
          conflict path "is defined by values of several types" definitions;
    };
in
{
  inherit mkType within;

  str = mkType {
    name = "str";
    description = "string";
    check = isString;
  };

  bool = mkType {
    name = "bool";
    description = "boolean";
    check = isBool;
  };

  int = integer "int" "signed integer" "noun" (_: true);

  port =
    integer "unsignedInt16" "16 bit unsigned integer; between 0 and 65535 (both inclusive)" "noun"
      (value: value >= 0 && value <= 65535);

  ints.unsigned = integer "unsignedInt" "unsigned integer, meaning >=0" "nonRestrictiveClause" (
    value: value >= 0
  );

  ints.positive = integer "positiveInt" "positive integer, meaning >0" "nonRestrictiveClause" (
    value: value > 0
  );

  enum =
    values:
    let
      single = length values == 1;
    in
    mkType {
      name = "enum";
      description =
        if single then
          "value ${showValue (head values)} (singular enum)"
        else
          "one of ${concatStringsSep ", " (map showValue values)}";
      class = if single then "noun" else "conjunction";
      check = value: elem value values;
    };

  oneOf = choices: foldl' either (head choices) (tail choices);
}
