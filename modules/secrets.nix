# Where keys come from, and how certificates are made.
{ lib, config, ... }:
{
  options.cluster.secrets.source = lib.mkOption {
    type = lib.types.enum [
      "first-boot"
      "directory"
      "store"
    ];
    default = if config.cluster.tls.enable then "directory" else "first-boot";
    defaultText = lib.literalExpression ''if config.cluster.tls.enable then "directory" else "first-boot"'';
    example = "directory";
    description = ''
      - `directory`: the keys and certificates are read from the directory given with `--secrets DIR`; `tinderbox keys`
        makes them.
      - `first-boot`: the node makes the service account key pair itself, once, before its kubelet starts. Nothing
        secret is in any artefact. Possible with one control-plane node, and without TLS.
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

  options.cluster.secrets.keyType = lib.mkOption {
    type = lib.types.enum [
      "ecdsa-p256"
      "rsa-2048"
      "rsa-4096"
    ];
    default = "ecdsa-p256";
    example = "rsa-2048";
    description = "Kind of the private keys that `tinderbox keys` makes. Keys that are there already stay as they are.";
  };

  options.cluster.secrets.authorityDays = lib.mkOption {
    type = lib.types.ints.positive;
    default = 3650;
    example = 3650;
    description = "Days that a certificate authority is valid from the day it is made.";
  };

  options.cluster.secrets.certificateDays = lib.mkOption {
    type = lib.types.ints.positive;
    default = 365;
    example = 90;
    description = "Days that every other certificate is valid from the day it is made; never longer than its authority.";
  };

  options.cluster.secrets.tokenHours = lib.mkOption {
    type = lib.types.ints.positive;
    default = 72;
    example = 24;
    description = "Hours that the bootstrap token is valid from the time it is made. Workers have to boot for the first time before its end.";
  };
}
