# From all definitions of an option, { file, value } each, to its one value.
{ properties, messages }:
with builtins;
let
  inherit (messages) showOption showDefinitions;
in
rec {
  # The value of an option, or of an element of one.
  mergeDefinitions =
    path: type: every:
    let
      definitions = properties.resolve every;
      wrong = filter (d: !type.check d.value) definitions;
    in
    {
      inherit definitions;
      isDefined = definitions != [ ];
      value =
        if definitions == [ ] then
          type.empty
            or (throw "The option `${showOption path}' was accessed but has no value defined. Try setting the option.")
        else if wrong != [ ] then
          throw "A definition for option `${showOption path}' is not of type `${type.description}'. Definition values:${showDefinitions wrong}"
        else
          type.merge path definitions;
    };

  conflict =
    path: what: definitions:
    throw "The option `${showOption path}' ${what}:${showDefinitions definitions}";

  mergeEqual =
    path: definitions:
    let
      first = (head definitions).value;
    in
    # The first one is not compared with itself: a function is not equal to anything.
    if all (d: d.value == first) (tail definitions) then
      first
    else
      conflict path "has conflicting definition values" definitions;
}
