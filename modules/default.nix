# All option modules of a cluster. They take `lib`, never `pkgs`.
{
  imports = [
    ./cluster.nix
    ./platform.nix
    ./media.nix
    ./network.nix
    ./nodes.nix
    ./etcd.nix
    ./flannel.nix
    ./kubernetes
    ./addons.nix
    ./secrets.nix
    ./extra.nix
  ];
}
