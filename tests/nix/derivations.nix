# What `tinderbox drv` is held against: the configs that `tinderbox build` wrote to `dir`, one directory a node -> a
# derivation a node, as Nix itself makes it.
{
  dir,
  tool,
  system,
  maker ? "embedded",
}:
let
  writers = {
    embedded = config: {
      builder = "${builtins.storePath tool}/bin/tinderbox";
      args = [
        "iso"
        "${config}"
        "-o"
        (placeholder "out")
      ];
    };
    toolchain = config: {
      builder = "${builtins.storePath tool}/bin/xorriso";
      SOURCE_DATE_EPOCH = "315532800";
      args = [
        "-as"
        "mkisofs"
        "-quiet"
        "-V"
        "config"
        "-J"
        "-R"
        "-no-pad"
        "-uid"
        "0"
        "-gid"
        "0"
        "-dir-mode"
        "0555"
        "-file-mode"
        "0444"
        "--set_all_file_dates"
        "=315532800"
        "-preparer"
        "TINDERBOX"
        "-graft-points"
        "-o"
        (placeholder "out")
        "config.json=${config}"
      ];
    };
  };
  derivationOf =
    node:
    derivation (
      writers.${maker} (configOf node)
      // {
        name = "config-${node}.iso";
        inherit system;
        allowSubstitutes = false;
        preferLocalBuild = true;
      }
    );
  configOf = node: builtins.toFile "config.json" (builtins.readFile (dir + "/${node}/config.json"));
  entries = builtins.readDir dir;
  nodes = builtins.filter (name: entries.${name} == "directory") (builtins.attrNames entries);
  listed = map (node: {
    name = node;
    value = derivationOf node;
  }) nodes;
in
{
  # To instantiate.
  derivations = builtins.listToAttrs listed;
  # What `tinderbox drv --format json` prints.
  paths.nodes = builtins.listToAttrs (
    map (one: {
      inherit (one) name;
      value = {
        config = "${configOf one.name}";
        inherit (one.value) drvPath;
        outputs.out = one.value.outPath;
      };
    }) listed
  );
}
