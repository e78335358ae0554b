# The options `files`, `units` and `manifests`, used for the cluster (every node) and for a single node.
{ lib }:
let
  override = lib.mkOption {
    type = lib.types.bool;
    default = false;
    example = true;
    description = "Replace what tinderbox or the cluster-wide `extra` makes under this name. Without it a collision is an error.";
  };

  file = {
    options.text = lib.mkOption {
      type = lib.types.str;
      example = "vm.max_map_count = 262144\n";
      description = "Content of the file, byte for byte.";
    };
    options.mode = lib.mkOption {
      type = lib.types.str;
      default = "0644";
      example = "0755";
      description = "Permissions of the file, octal with a leading 0.";
    };
    options.override = override;
  };

  unit = {
    options.text = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "[Service]\nExecStart=/usr/bin/true\n";
      description = "Content of the unit. With `null` the unit is the operating system's or tinderbox's, and is only changed by what is set here.";
    };
    options.enable = lib.mkOption {
      type = lib.types.nullOr lib.types.bool;
      default = null;
      example = true;
      description = "Whether the unit is enabled at first boot; `null` leaves it as it is.";
    };
    options.mask = lib.mkOption {
      type = lib.types.bool;
      default = false;
      example = true;
      description = "Whether the unit is masked, so that nothing can start it.";
    };
    options.dropIns = lib.mkOption {
      type = lib.types.attrsOf lib.types.str;
      default = { };
      example = {
        "10-limits.conf" = "[Service]\nLimitNOFILE=65536\n";
      };
      description = "Drop-ins of the unit: file name to content.";
    };
    options.override = override;
  };

  manifest = {
    options.text = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "apiVersion: v1\nkind: Pod\n";
      description = "The manifest as YAML or JSON text. Either this or `value`.";
    };
    options.value = lib.mkOption {
      type = lib.types.nullOr (lib.types.attrsOf lib.types.anything);
      default = null;
      example = lib.literalExpression ''{ apiVersion = "v1"; kind = "Pod"; metadata.name = "nginx"; }'';
      description = "The manifest as a Nix value, written as YAML. Either this or `text`.";
    };
    options.override = override;
  };
in
{
  files = lib.mkOption {
    type = lib.types.attrsOf (lib.types.submodule file);
    default = { };
    example = {
      "/etc/sysctl.d/elasticsearch.conf".text = "vm.max_map_count = 262144\n";
    };
    description = "Files by absolute path.";
  };

  units = lib.mkOption {
    type = lib.types.attrsOf (lib.types.submodule unit);
    default = { };
    example = {
      "locksmithd.service".mask = true;
    };
    description = "systemd units by name.";
  };

  manifests = lib.mkOption {
    type = lib.types.attrsOf (lib.types.submodule manifest);
    default = { };
    example = lib.literalExpression ''{ "nginx.yaml".text = builtins.readFile ./nginx.yaml; }'';
    description = "Static pod manifests by file name, run by the kubelet.";
  };
}
