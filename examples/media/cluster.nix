# One description, every way to take it to a machine: a CD, an appended RAM disk, a config drive, and user data of a
# cloud that is too small for a config and gets a stub that fetches it. `rescue` is installed by a live system.
{
  cluster.name = "media";
  cluster.kubernetes.kubelet.standalone = true;

  cluster.media.targets = [
    "iso"
    "oem"
    "config-drive"
    "ec2"
  ];
  cluster.media.url = "https://boot.example.com/media";

  cluster.nodes.rescue = {
    network.address = "192.0.2.10/24";
    network.gateway = "192.0.2.1";
    network.dns = [ "192.0.2.53" ];

    install.disk = "/dev/disk/by-id/ata-DISK_0001";
    install.reboot = false;

    user.sshAuthorizedKeys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA me@example.com"
    ];
  };
}
