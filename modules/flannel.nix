# flannel, run by Container Linux's own flanneld.service on every node that joins the cluster with a kubelet.
{ lib, config, ... }:
{
  options.cluster.flannel.enable = lib.mkOption {
    type = lib.types.bool;
    default = true;
    example = false;
    description = "Whether pods are networked by flannel. Turn it off when you bring your own.";
  };

  options.cluster.flannel.network = lib.mkOption {
    type = lib.types.str;
    default = config.cluster.network.podCIDR;
    defaultText = lib.literalExpression "config.cluster.network.podCIDR";
    example = "10.254.0.0/16";
    description = "`Network` of flannel's configuration: the range it cuts a subnet for each node from, inside the podCIDR.";
  };

  options.cluster.flannel.backend = lib.mkOption {
    type = lib.types.nullOr (
      lib.types.enum [
        "udp"
        "vxlan"
        "host-gw"
      ]
    );
    default = null;
    example = "vxlan";
    description = "`Backend.Type` of flannel's configuration. With `null` flannel chooses (udp).";
  };

  options.cluster.flannel.etcdPrefix = lib.mkOption {
    type = lib.types.str;
    default = "/coreos.com/network";
    example = "/coreos.com/network";
    description = "Directory in etcd that flannel reads; its configuration is written to `config` below it.";
  };

  options.cluster.flannel.dropIn = lib.mkOption {
    type = lib.types.str;
    default = "50-network-config.conf";
    example = "50-network-config.conf";
    description = "Name of the drop-in of `flanneld.service` that writes flannel's configuration to etcd.";
  };
}
