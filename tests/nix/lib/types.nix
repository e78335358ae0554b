# All option types: the simple ones, and here those with parts.
{
  definitions,
  messages,
  evalModules,
}:
with builtins;
let
  inherit (definitions) conflict mergeDefinitions mergeEqual;

  simple = import ./simple-types.nix { inherit definitions messages; };
  inherit (simple) mkType within;
in
removeAttrs simple [
  "mkType"
  "within"
]
// rec {
  anything = mkType {
    name = "anything";
    description = "anything";
    check = _: true;
    merge =
      path: definitions:
      let
        # A set that stands for a string, such as a derivation, is not merged.
        kind = value: if value ? outPath || value ? __toString then "string" else typeOf value;
        first = kind (head definitions).value;
      in
      if !all (d: kind d.value == first) definitions then
        conflict path "has conflicting option types" definitions
      else if first == "set" then
        (attrsOf anything).merge path definitions
      else
        mergeEqual path definitions;
  };

  # What an option without a type has.
  unspecified = anything // {
    name = "unspecified";
    description = "unspecified value";
    declaredIn = _: unspecified;
  };

  nullOr =
    inner:
    mkType {
      name = "nullOr";
      description = "null or ${within [ "noun" "conjunction" ] inner}";
      class = "conjunction";
      check = value: value == null || inner.check value;
      merge =
        path: definitions:
        if all (d: d.value == null) definitions then
          null
        else if all (d: d.value != null) definitions then
          inner.merge path definitions
        else
          conflict path "is defined both null and not null" definitions;
      empty = null;
      inherit (inner) getSubOptions;
      declaredIn = file: nullOr (inner.declaredIn file);
    };

  listOf =
    inner:
    mkType {
      name = "listOf";
      description = "list of ${within [ "noun" "composite" ] inner}";
      class = "composite";
      check = isList;
      merge =
        path: definitions:
        let
          entry =
            d: e:
            let
              definition = elemAt definitions d;
            in
            mergeDefinitions (path ++ [ "[definition ${toString (d + 1)}-entry ${toString (e + 1)}]" ]) inner [
              (definition // { value = elemAt definition.value e; })
            ];
          entries = genList (d: genList (entry d) (length (elemAt definitions d).value)) (length definitions);
        in
        map (e: e.value) (filter (e: e.isDefined) (concatLists entries));
      empty = [ ];
      getSubOptions = path: inner.getSubOptions (path ++ [ "*" ]);
      declaredIn = file: listOf (inner.declaredIn file);
    };

  attrsOf =
    inner:
    mkType {
      name = "attrsOf";
      description = "attribute set of ${within [ "noun" "composite" ] inner}";
      class = "composite";
      check = isAttrs;
      merge =
        path: definitions:
        let
          merged = zipAttrsWith (name: mergeDefinitions (path ++ [ name ]) inner) (
            map (d: mapAttrs (_: value: d // { inherit value; }) d.value) definitions
          );
          # An attribute whose definitions are all behind a false condition is none.
          names = filter (name: merged.${name}.isDefined) (attrNames merged);
        in
        listToAttrs (
          map (name: {
            inherit name;
            inherit (merged.${name}) value;
          }) names
        );
      empty = { };
      getSubOptions = path: inner.getSubOptions (path ++ [ "<name>" ]);
      declaredIn = file: attrsOf (inner.declaredIn file);
    };

  submodule =
    module:
    let
      evaluate =
        path: name: modules:
        evalModules {
          prefix = path;
          modules = [ module ] ++ modules;
          specialArgs = { inherit name; };
        };
    in
    mkType {
      name = "submodule";
      description = "submodule";
      class = null;
      check = value: isAttrs value || isFunction value || isPath value;
      # A set is configuration only, while a function or a file may be any module.
      merge =
        path: definitions:
        (evaluate path (elemAt path (length path - 1)) (
          map (
            d:
            {
              _file = d.file;
            }
            // (if isAttrs d.value then { config = d.value; } else { imports = [ d.value ]; })
          ) definitions
        )).config;
      empty = (evaluate [ ] "‹name›" [ ]).config;
      getSubOptions = path: (evaluate path "‹name›" [ ]).options;
      declaredIn =
        file:
        submodule {
          _file = file;
          imports = [ module ];
        };
    };
}
