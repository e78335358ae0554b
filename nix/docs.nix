# The reference of all options, made from their declarations: { lib } -> { markdown, problems, mandatory }.
# `problems` are sentences about declarations that lack what the reference needs, `mandatory` the paths of the options
# without a default.
{ lib }:
let
  inherit (builtins) concatMap concatStringsSep replaceStrings;

  inherit
    (import ./eval.nix {
      inherit lib;
      modules = [ ];
    })
    options
    ;

  root = "${toString ../.}/";
  relative =
    file:
    let
      length = builtins.stringLength root;
    in
    if builtins.substring 0 length file == root then builtins.substring length (-1) file else file;

  last = list: builtins.elemAt list (builtins.length list - 1);
  init = list: builtins.genList (builtins.elemAt list) (builtins.length list - 1);

  identifier = builtins.match "[A-Za-z_][A-Za-z0-9_'-]*";
  isMultiline = text: builtins.match ".*\n.*" text != null;

  # A value in Nix syntax, on one line where it fits.
  string =
    text:
    "\"${replaceStrings [ "\\" "\"" "\n" "\t" "\${" ] [ "\\\\" "\\\"" "\\n" "\\t" "\\\${" ] text}\"";
  attribute = name: if identifier name == null then string name else name;
  show =
    indent: value:
    let
      deeper = "${indent}  ";
      between =
        open: close: items:
        let
          flat = concatStringsSep " " ([ open ] ++ items ++ [ close ]);
          tall = "${open}\n${concatStringsSep "\n" (map (i: "${deeper}${i}") items)}\n${indent}${close}";
        in
        if items == [ ] || (builtins.stringLength "${indent}${flat}" <= 76 && !isMultiline flat) then
          flat
        else
          tall;
      # `a.b = 1` for a set of a single attribute.
      binding =
        name: inner:
        let
          names = builtins.attrNames inner;
          only = builtins.head names;
        in
        if builtins.isAttrs inner && builtins.length names == 1 then
          "${attribute name}.${binding only inner.${only}}"
        else
          "${attribute name} = ${show deeper inner};";
    in
    if builtins.isAttrs value then
      between "{" "}" (map (name: binding name value.${name}) (builtins.attrNames value))
    else if builtins.isList value then
      between "[" "]" (map (show deeper) value)
    else if builtins.isString value then
      string value
    else
      builtins.toJSON value;

  # Either such a value or text that the declaration gives in its place.
  expression =
    value: if value._type or null == "literalExpression" then value.text else show "" value;

  # All options at and below a place of the tree, those of submodules included. Names with a leading underscore are the
  # option system's own.
  collect =
    tree:
    if tree._type or null == "option" then
      [ (describe tree) ] ++ collect (tree.type.getSubOptions tree.loc)
    else
      concatMap (name: if builtins.substring 0 1 name == "_" then [ ] else collect tree.${name}) (
        builtins.attrNames tree
      );

  # `<name>` and `*`, which stand for any attribute and any element, are written as they are.
  showPath =
    path:
    concatStringsSep "." (map (s: if builtins.match "<.*>|[*]" s == null then attribute s else s) path);

  describe = option: {
    path = showPath option.loc;
    parent = showPath (init option.loc);
    leaf = showPath [ (last option.loc) ];
    type = if option.type.name == "unspecified" then null else option.type.description;
    description = option.description or null;
    default =
      if option ? defaultText then
        expression option.defaultText
      else if option ? default then
        expression option.default
      else
        null;
    example = if option ? example then expression option.example else null;
    declarations = map (file: relative (toString file)) option.declarations;
  };

  all = builtins.sort (a: b: a.path < b.path) (collect options);

  # --- Markdown ---

  trim =
    text:
    let
      inner = builtins.match "(.*[^\n])\n*" text;
    in
    if inner == null then "" else builtins.head inner;

  indented = text: replaceStrings [ "\n" ] [ "\n  " ] text;

  # With `*`, as a list in a description is written with `-` and would otherwise go on here.
  item =
    label: code:
    if isMultiline code || builtins.match ".*`.*" code != null then
      "* ${label}:\n  ```nix\n  ${indented (trim code)}\n  ```"
    else
      "* ${label}: `${code}`";

  section =
    option:
    concatStringsSep "\n" [
      "## `${option.path}`"
      ""
      (trim (toString option.description))
      ""
      (item "Type" (toString option.type))
      (
        if option.default == null then "* Default: none, it must be set" else item "Default" option.default
      )
      (item "Example" (toString option.example))
      "* Declared in: ${concatStringsSep ", " (map (file: "[${file}](../${file})") option.declarations)}"
    ];

  letters = text: builtins.filter (part: part != "" && part != [ ]) (builtins.split "" text);
  lower = replaceStrings (letters "ABCDEFGHIJKLMNOPQRSTUVWXYZ") (
    letters "abcdefghijklmnopqrstuvwxyz"
  );

  # The anchor that GitHub gives to a heading.
  anchor =
    path:
    lower (
      concatStringsSep "" (builtins.filter builtins.isString (builtins.split "[^A-Za-z0-9_-]+" path))
    );

  # A line for each place in the tree, linking to the options there.
  byParent = builtins.groupBy (option: option.parent) all;
  index = map (
    parent:
    "- `${parent}`: ${
      concatStringsSep ", " (map (o: "[${o.leaf}](#${anchor o.path})") byParent.${parent})
    }"
  ) (builtins.attrNames byParent);

  lacks =
    option:
    concatMap
      (
        field:
        if option.${field} == null || option.${field} == "" then [ "${option.path}: no ${field}" ] else [ ]
      )
      [
        "type"
        "description"
        "example"
      ];
in
{
  markdown =
    concatStringsSep "\n\n" (
      [
        "# Options"
        "Everything a cluster description can say. In a path `<name>` stands for an attribute name of your choice and `*` for the element of a list. This page is made from [modules](../modules) by `tests/nix/docs --write`."
        (concatStringsSep "\n" index)
      ]
      ++ map section all
    )
    + "\n";
  problems = concatMap lacks all;
  mandatory = map (option: option.path) (builtins.filter (option: option.default == null) all);
}
