# The operating system that boots the media, the Ignition it understands, and the machine below it.
{ lib, config, ... }:
let
  ignition = {
    container-linux = "2.3.0";
    flatcar = "3.4.0";
    fedora-coreos = "3.5.0";
  };
in
{
  options.cluster.platform.os = lib.mkOption {
    type = lib.types.enum [
      "container-linux"
      "flatcar"
      "fedora-coreos"
    ];
    default = "container-linux";
    example = "flatcar";
    description = ''
      Operating system of every node. `container-linux` is configured by a Container Linux Config, `flatcar` and
      `fedora-coreos` by Butane configs of these variants.
    '';
  };

  options.cluster.platform.ignition = lib.mkOption {
    type = lib.types.enum [
      "2.3.0"
      "3.3.0"
      "3.4.0"
      "3.5.0"
      "3.6.0"
    ];
    default = ignition.${config.cluster.platform.os};
    defaultText = lib.literalExpression ''
      { container-linux = "2.3.0"; flatcar = "3.4.0"; fedora-coreos = "3.5.0"; }.''${config.cluster.platform.os}
    '';
    example = "3.3.0";
    description = ''
      Ignition spec version of the generated `config.json`. Container Linux reads 2.3.0. For Flatcar there are 3.4.0
      (Butane `flatcar` 1.1.0) and 3.3.0 (1.0.0), for Fedora CoreOS 3.6.0 (Butane `fcos` 1.7.0), 3.5.0 (1.6.0), 3.4.0
      (1.5.0) and 3.3.0 (1.4.0). An older version is for an older image of the operating system.
    '';
  };

  options.cluster.platform.architecture = lib.mkOption {
    type = lib.types.enum [
      "amd64"
      "arm64"
    ];
    default = "amd64";
    example = "arm64";
    description = "Processors of the machines: what they download is made for these.";
  };

  options.cluster.platform.kernelArguments = lib.mkOption {
    type = lib.types.listOf lib.types.str;
    default = [ ];
    example = [ "console=ttyS0,115200n8" ];
    description = ''
      Arguments that the kernel of every node is started with, besides those of the image. Ignition adds them at first
      boot, and the machine boots once more. Not for `container-linux`, whose Ignition cannot.
    '';
  };
}
