# An evaluated cluster -> the value of its cluster.json: { schema, cluster, origins }.
# `root` is cut off the front of every file name, so that the export is the same wherever the files lie.
{
  lib,
  config,
  options,
  root ? "",
}:
let
  c = config.cluster;

  # A whitelist: what a user's own modules declare besides does not cross.
  cluster = {
    inherit (c)
      name
      controlPlane
      tls
      platform
      media
      network
      nodes
      etcd
      flannel
      kubernetes
      addons
      secrets
      extra
      ;
  };

  prefix = "${toString root}/";
  relative =
    file:
    let
      name = toString file;
      length = builtins.stringLength prefix;
    in
    if root != "" && builtins.substring 0 length name == prefix then
      builtins.substring length (-1) name
    else
      name;

  # An attribute name as one writes it in Nix.
  segment =
    name: if builtins.match "[A-Za-z_][A-Za-z0-9_'-]*" name == null then builtins.toJSON name else name;

  # Defaults are not worth an origin: they are set where the option is declared.
  modules = toString ../modules;
  isDefault = d: builtins.substring 0 (builtins.stringLength modules) (toString d.file) == modules;

  # What a definition comes to, without the properties around it (mkIf, mkForce, mkMerge, mkBefore).
  plain =
    definition:
    let
      inherit (definition) value;
      type = value._type or null;
      inner = value: plain (definition // { inherit value; });
    in
    if !builtins.isAttrs value || type == null then
      [ definition ]
    else if type == "if" then
      if value.condition then inner value.content else [ ]
    else if type == "merge" then
      builtins.concatMap inner value.contents
    else if type == "override" then
      plain {
        inherit (definition) file;
        inherit (value) priority;
        value = value.content;
      }
    else
      inner (value.content or null);

  # The definitions that count: of several, those of the least priority number. 100 is that of a bare one.
  effective =
    definitions:
    let
      all = builtins.concatMap plain definitions;
      priority = d: d.priority or 100;
      least = builtins.foldl' (best: d: if priority d < best then priority d else best) 9999 all;
    in
    map (d: { inherit (d) file value; }) (builtins.filter (d: priority d == least) all);

  unique =
    files:
    builtins.attrNames (
      builtins.listToAttrs (
        map (name: {
          inherit name;
          value = null;
        }) files
      )
    );

  # The files behind one option: a single entry where one file sets all of it, else one for each attribute.
  trace =
    path: definitions:
    let
      plains = effective definitions;
      files = unique (map (d: d.file) plains);
      isSets = builtins.all (d: builtins.isAttrs d.value) plains;
      names = builtins.attrNames (builtins.foldl' (all: d: all // d.value) { } plains);
    in
    if plains == [ ] then
      [ ]
    else if builtins.length files == 1 || !isSets then
      [
        {
          name = path;
          value = builtins.concatStringsSep ", " (map relative files);
        }
      ]
    else
      builtins.concatMap (
        name:
        trace "${path}.${segment name}" (
          builtins.concatMap (
            d:
            if d.value ? ${name} then
              [
                {
                  inherit (d) file;
                  value = d.value.${name};
                }
              ]
            else
              [ ]
          ) plains
        )
      ) names;

  walk =
    path: tree:
    if (tree._type or null) == "option" then
      trace path (builtins.filter (d: !isDefault d) tree.definitionsWithLocations)
    else
      builtins.concatMap (name: walk "${path}.${segment name}" tree.${name}) (builtins.attrNames tree);
in
{
  schema = 3;
  inherit cluster;
  origins = builtins.listToAttrs (
    builtins.concatMap (name: walk "cluster.${name}" options.cluster.${name}) (
      builtins.attrNames cluster
    )
  );
}
