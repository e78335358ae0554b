# The ways in which nodes get their configs.
{ lib, ... }:
{
  options.cluster.media.targets = lib.mkOption {
    type = lib.types.listOf (
      lib.types.enum [
        "iso"
        "oem"
        "config-drive"
        "ec2"
        "hetzner"
        "openstack"
        "azure"
        "gce"
      ]
    );
    default = [ "iso" ];
    example = [
      "oem"
      "ec2"
    ];
    description = ''
      The ways in which nodes get their configs, each of which has a file of its own and a limit that the file has to
      keep (docs/media.md):

      - `iso`: `config.iso`, a CD with the volume id `config`.
      - `oem`: `oem.cpio.gz`, appended to the RAM disk of a machine that boots from the network or a CD.
      - `config-drive`: `config-drive.iso`, a config drive as OpenStack has it, at most 64 MiB.
      - `ec2`, `hetzner`, `openstack`, `azure`, `gce`: user data of at most 16 KiB, 32 KiB, 48 KiB, 64 KiB and 256 KiB.
        That is `stub.json` with a `url`, and else `config.json`.
    '';
  };

  options.cluster.media.url = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "https://boot.example.com/kubetest";
    description = ''
      Where nodes fetch their configs: `<url>/<node>/config.json`. With it each node has a `stub.json` of a few lines,
      which makes Ignition fetch the config and hold it against its SHA-512. Whoever can fetch a config has the keys in
      it. With `null` there is no stub.
    '';
  };
}
