# Imports a file that is imported elsewhere too, and one above.
{ config, ... }:
{
  imports = [ ../lists.nix ];

  cluster.kubernetes.kubelet.mounts = [
    {
      name = "z";
      source = "/z";
      target = "/z-of-${config.cluster.name}";
    }
  ];

  cluster.nodes.plain =
    { lib, ... }:
    {
      extra.files."/etc/issue".text = "${lib.types.str.description}\n";
    };
}
