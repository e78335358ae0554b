# How option paths, values and definitions are written in error messages and type descriptions.
with builtins;
let
  segment =
    name:
    # `<name>` and `*` stand for every attribute and every element in an option's documentation.
    if match "[A-Za-z_][A-Za-z0-9_'-]*|<.*>|[*]" name == null then toJSON name else name;

  showValue =
    value:
    if isFunction value then
      "<function>"
    else if isAttrs value then
      "<attribute set>"
    else if isList value then
      "<list>"
    else if isPath value then
      # Not toJSON, which copies the file into the store.
      toString value
    else
      toJSON value;
in
{
  showOption = path: concatStringsSep "." (map segment path);

  inherit showValue;

  showDefinitions =
    definitions:
    concatStringsSep "" (map (d: "\n- In `${toString d.file}': ${showValue d.value}") definitions);
}
