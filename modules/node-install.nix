# Options of one node: how a live system installs it. The value of an option `install`.
{ lib }:
{
  disk = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "/dev/sda";
    description = ''
      The disk that a live system installs the node onto: a whole one. With it there are `install.json`, a config for
      the live system, and `install.iso` and `install.cpio.gz` with that: the machine runs the operating system's own
      installer with the node's config. With `null` somebody runs the installer by hand.
    '';
  };

  reboot = lib.mkOption {
    type = lib.types.bool;
    default = true;
    example = false;
    description = "Whether the live system reboots after the installation.";
  };

  overwrite = lib.mkOption {
    type = lib.types.bool;
    default = false;
    example = true;
    description = ''
      Whether a disk is overwritten that has such an operating system already. With `false` the live system stops
      there, and says so on the console: a machine that boots from the network once more is not installed once more.
    '';
  };
}
