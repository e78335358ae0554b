# The operating system that boots the media, and the Ignition it understands.
{ lib, ... }:
{
  options.cluster.platform.os = lib.mkOption {
    type = lib.types.enum [ "container-linux" ];
    default = "container-linux";
    example = "container-linux";
    description = "Operating system of every node. `container-linux` is configured by a Container Linux Config.";
  };

  options.cluster.platform.ignition = lib.mkOption {
    type = lib.types.enum [ "2.3.0" ];
    default = "2.3.0";
    example = "2.3.0";
    description = "Ignition spec version of the generated `config.json`.";
  };
}
