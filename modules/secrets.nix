# Where private keys come from. The cluster needs one pair so far: the service account key.
{ lib, ... }:
{
  options.cluster.secrets.source = lib.mkOption {
    type = lib.types.enum [
      "first-boot"
      "directory"
      "store"
    ];
    default = "first-boot";
    example = "directory";
    description = ''
      - `first-boot`: the node makes the service account key pair itself, once, before its kubelet starts. Nothing
        secret is in any artefact. Possible with one control-plane node.
      - `directory`: the keys are read from the directory given with `--secrets DIR`; `tinderbox keys` makes them.
      - `store`: the keys are in the description itself (`cluster.secrets.store`) and so in the Nix store, where every
        user of the machine can read them. Only for throw-away clusters.
    '';
  };

  options.cluster.secrets.store = lib.mkOption {
    type = lib.types.attrsOf lib.types.str;
    default = { };
    example = lib.literalExpression ''{ "sa.key" = builtins.readFile ./sa.key; "sa.pub" = builtins.readFile ./sa.pub; }'';
    description = "Contents of the key files by name, for `source = \"store\"` alone. World-readable wherever the description goes.";
  };
}
