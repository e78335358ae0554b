# An evaluated cluster (see cluster.nix) -> what is made of it: { packages, legacyPackages, checks, apps }.
{
  lib,
  # pkgs/build-support/trivial-builders/default.nix
  runCommand,
  writeText,
  writeShellScriptBin,
  # pkgs/by-name/bu/butane/package.nix
  butane,
  # pkgs/by-name/xo/xorriso/package.nix
  xorriso,
  tinderbox,
  ct,
  program,
}:
cluster:
let
  inherit (cluster.config.cluster) nodes platform secrets;
  file = writeText "cluster.json" cluster.json;
  script = names: lib.concatMapStrings (name: builtins.readFile (./builders + "/${name}.sh")) names;

  # Media with keys that are no part of the description are made outside of the store, by an app. Nodes without a role
  # have none.
  outside =
    secrets.source == "directory" && builtins.any (node: node.roles != [ ]) (builtins.attrValues nodes);

  # One derivation makes the media of all nodes, or of the one that is given.
  make =
    maker: node:
    runCommand (if maker == "embedded" then "config-iso" else "config-iso-${maker}")
      {
        nativeBuildInputs = [
          tinderbox
        ]
        ++ lib.optionals (maker == "toolchain") [
          (if platform.os == "container-linux" then ct else butane)
          xorriso
        ];
        inherit file maker node;
      }
      (script [
        "tell"
        "media"
      ]);

  media =
    maker:
    let
      one = builtins.mapAttrs (node: _: make maker node) nodes;
    in
    # A node may be called like an attribute of derivations, which wins; `nodes` has it even so.
    one // make maker "" // { nodes = one; };

  isos = {
    config-iso = media "embedded";
    config-iso-toolchain = media "toolchain";
  };

  # Mistakes in the description come first.
  refusal = builtins.seq cluster.json (throw ''
    cluster.secrets.source is "directory": the media hold private keys, which must not get into the Nix store.
    Make the keys and the media outside of it, in ./secrets and ./media:

      nix run .#keys
      nix run .#media
  '');

  application = name: description: {
    type = "app";
    program = "${writeShellScriptBin name ''
      tinderbox=${program}/bin/tinderbox
      cluster=${file}
      secrets=${lib.optionalString outside "secrets"}
      ${builtins.readFile ./apps/beside.sh}
      ${builtins.readFile (./apps + "/${name}.sh")}
    ''}/bin/${name}";
    meta = { inherit description; };
  };
in
{
  packages = {
    default = if outside then file else isos.config-iso;
    cluster-json = file;
  }
  // lib.optionalAttrs (!outside) isos;

  # Here `nix build .#config-iso` finds the refusal, while `nix flake check` does not fall over it.
  legacyPackages = lib.optionalAttrs outside (builtins.mapAttrs (_: _: refusal) isos);

  checks.cluster =
    runCommand "check-cluster"
      {
        nativeBuildInputs = [ tinderbox ];
        inherit file;
      }
      (script [
        "tell"
        "check-cluster"
      ]);

  apps = {
    keys = application "keys" "Makes the keys that the cluster needs, in ./secrets";
    media = application "media" "Makes the boot media of the cluster, keys included, in ./media";
  };
}
