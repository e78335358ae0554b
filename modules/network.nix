# The address ranges of the cluster. None of them may overlap another, a node's network or a static route.
{ lib, ... }:
{
  options.cluster.network.podCIDR = lib.mkOption {
    type = lib.types.str;
    default = "10.254.0.0/16";
    example = "10.254.0.0/16";
    description = ''
      Range that pods get their addresses from: flannel's network and kube-proxy's `clusterCIDR`. It is of IPv4 or of
      IPv6, or two with a comma between, one of each family: "10.254.0.0/16,fd00:10:254::/56". The first is the
      cluster's first family.
    '';
  };

  options.cluster.network.serviceCIDR = lib.mkOption {
    type = lib.types.str;
    default = "10.253.0.0/16";
    example = "10.253.0.0/16";
    description = ''
      Range of service addresses: kube-apiserver's `--service-cluster-ip-range`. It has the same families as
      `podCIDR` in the same order, as in "10.253.0.0/16,fd00:10:253::/112".
    '';
  };

  options.cluster.network.dnsDomain = lib.mkOption {
    type = lib.types.str;
    default = "cluster.local";
    example = "cluster.local";
    description = "DNS domain of the cluster: services are `<service>.<namespace>.svc.<domain>`.";
  };

  options.cluster.network.dnsAddress = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "10.253.0.10";
    description = ''
      Service address of the cluster's DNS, inside the serviceCIDR. With `null` it is the tenth one of its first range.
    '';
  };

  options.cluster.network.dockerCIDR = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = "172.17.0.0/16";
    example = "172.17.0.0/16";
    description = ''
      Range of the `docker0` bridge as docker makes it, kept free by the checks. tinderbox does not configure
      docker; change this when you gave docker another `--bip`, or set it to `null` where there is no docker.
    '';
  };
}
