# evalModules: modules -> { config, options }.
{
  lib,
  properties,
  messages,
  definitions,
  types,
}:
with builtins;
let
  inherit (definitions) mergeDefinitions;
  inherit (messages) showOption showDefinitions;

  meta = [
    "_file"
    "imports"
  ];

  isOption = tree: tree._type or "" == "option";

  # A module in either of its forms -> { key, file, imports, options, config }. Modules with the same key are one.
  normalise =
    file: key: module:
    let
      declares = module ? options || module ? config;
      stray = attrNames (
        removeAttrs module (
          meta
          ++ [
            "options"
            "config"
          ]
        )
      );
    in
    if !isAttrs module then
      throw "module ${file} does not look like a module: it is of type ${typeOf module}"
    else if declares && stray != [ ] then
      throw "Module `${file}' has an unsupported attribute `${head stray}'. Next to `options' or `config' everything else must be inside `config'."
    else
      {
        inherit key;
        file = toString (module._file or file);
        imports = module.imports or [ ];
        options = module.options or { };
        config = if declares then module.config or { } else removeAttrs module meta;
      };

  load =
    arguments: file: key: module:
    if isPath module || isString module then
      load arguments (toString module) (toString module) (import module)
    else
      normalise file key (if isFunction module then module arguments else module);

  loadAll =
    arguments: file: key: modules:
    genList (n: load arguments file "${key}:${toString n}" (elemAt modules n)) (length modules);

  # The sets that several files have at one place -> for each of their names the entries { file, value }.
  byName =
    sets:
    zipAttrsWith (_: entries: entries) (
      map (s: mapAttrs (_: value: s // { inherit value; }) s.value) sets
    );

  pushDown = concatMap (d: map (value: d // { inherit value; }) (properties.pushDown d.value));

  evalOption =
    path: declaration: definitions:
    let
      option = declaration.value;
      type = (option.type or types.unspecified).declaredIn declaration.file;
      default = {
        inherit (declaration) file;
        value = properties.mkOptionDefault option.default;
      };
      merged = mergeDefinitions path type (
        (if option ? default then [ default ] else [ ]) ++ definitions
      );
    in
    option
    // {
      inherit type;
      inherit (merged) value;
      loc = path;
      declarations = [ declaration.file ];
      definitionsWithLocations = merged.definitions;
    };

  # The options at and below `path`, with their values, and the definitions that belong to none.
  descend =
    path: declarations: definitions:
    let
      declared = byName declarations;
      checked = map (
        d:
        if isAttrs d.value then
          d
        else
          throw "In module `${d.file}', you're trying to define a value of type `${typeOf d.value}' rather than an attribute set for the option `${showOption path}'!"
      ) definitions;
      defined = byName checked;
      results = mapAttrs (
        name: entries:
        let
          here = path ++ [ name ];
          options = filter (d: isOption d.value) entries;
          mine = defined.${name} or [ ];
        in
        if options == [ ] then
          descend here entries (pushDown mine)
        else if length entries > 1 then
          throw "The option `${showOption here}' is declared more than once: ${
            concatStringsSep ", " (map (d: "`${d.file}'") entries)
          }."
        else
          {
            options = evalOption here (head entries) mine;
            unknown = [ ];
          }
      ) declared;
      strangers = removeAttrs defined (attrNames declared);
    in
    {
      options = mapAttrs (_: result: result.options) results;
      unknown =
        concatLists (map (name: results.${name}.unknown) (attrNames results))
        ++ map (name: {
          path = path ++ [ name ];
          definitions = strangers.${name};
        }) (attrNames strangers);
    };

  values = tree: if isOption tree then tree.value else mapAttrs (_: values) tree;
in
{
  modules,
  prefix ? [ ],
  specialArgs ? { },
}:
let
  arguments = {
    inherit lib config;
    inherit (tree) options;
  }
  // specialArgs;

  loaded = genericClosure {
    startSet = loadAll arguments "<unknown-file>" "" modules;
    operator = module: loadAll arguments module.file module.key module.imports;
  };
  # Of two definitions of a list, the one of the later module comes first.
  ordered = foldl' (reversed: module: [ module ] ++ reversed) [ ] loaded;

  at =
    field:
    map (module: {
      inherit (module) file;
      value = module.${field};
    }) ordered;
  tree = descend prefix (at "options") (pushDown (at "config"));
  config = values tree.options;

  stranger = head tree.unknown;
  checked =
    if tree.unknown == [ ] then
      result: result
    else
      throw "The option `${showOption stranger.path}' does not exist. Definition values:${showDefinitions stranger.definitions}";
in
{
  config = checked config;
  options = checked tree.options;
}
