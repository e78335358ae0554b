{ lib, ... }:
{
  cluster.kubernetes.kubelet = {
    directories = lib.mkMerge [
      [ "/one" ]
      (lib.mkIf false [ "/never" ])
      (lib.mkOrder 700 [ "/early" ])
    ];

    mounts = [
      {
        name = "a";
        source = "/a";
        target = "/host/a";
      }
      (
        { config, ... }:
        {
          name = "b";
          source = "/b";
          target = "/host${config.source}";
        }
      )
      (lib.mkIf false { name = "c"; })
    ];
  };

  cluster.tls.enable = true;
  cluster.etcd.endpoints = lib.mkMerge [
    [ "https://etcd-2.example.com:2379" ]
    (lib.mkBefore [ "https://etcd-1.example.com:2379" ])
  ];

  cluster.extra.units."lost.service".mask = true;

  # The attributes of one node from several files.
  cluster.nodes.plain = {
    roles = [ "worker" ];
    network.dhcp = false;
    network.interface = "en*";
    extra.files."/etc/motd".text = "from lists.nix\n";
    extra.files."/etc/issue" = {
      text = lib.mkDefault "lost\n";
      override = true;
    };
  };
}
