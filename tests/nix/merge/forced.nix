{ lib, ... }:
{
  cluster.name = "merged";

  cluster.network.podCIDR = lib.mkForce "10.2.0.0/16";

  # Equal definitions of one value are no conflict.
  cluster.network.serviceCIDR = lib.mkMerge [
    "10.3.0.0/16"
    "10.3.0.0/16"
  ];

  cluster.kubernetes.proxy.extraConfig = {
    ipvs.scheduler = "wrr";
    ipvs.minSyncPeriod = "1s";
    featureGates = lib.mkForce { A = true; };
  };

  # What other defaults follow: where keys come from, where flannel has its leases, which add-ons there are.
  cluster.tls.enable = lib.mkForce false;
  cluster.addons.rbac.enable = lib.mkForce true;

  # A forced set is the only one.
  cluster.extra.units = lib.mkForce { "locksmithd.service".mask = true; };
}
