# The kubelet of one node; `config` is that of the node.
{
  lib,
  config,
  kubernetes,
  isContainerLinux,
}:
{
  hostnameOverride = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "app-kube1";
    description = "Name under which kubelet and kube-proxy know the node, in place of its host name.";
  };

  registerSchedulable = lib.mkOption {
    type = lib.types.bool;
    default = true;
    example = false;
    description = "Whether pods may be scheduled on the node once it has registered. A taint is finer.";
  };

  taints = lib.mkOption {
    type = lib.types.listOf lib.types.str;
    default =
      if builtins.elem "control-plane" config.roles && !builtins.elem "worker" config.roles then
        [ "node-role.kubernetes.io/${if isContainerLinux then "master" else "control-plane"}=:NoSchedule" ]
      else
        [ ];
    defaultText = lib.literalExpression ''[ "node-role.kubernetes.io/control-plane=:NoSchedule" ] (master on Container Linux) on a control-plane node that is no worker, else [ ]'';
    example = [ "dedicated=database:NoSchedule" ];
    description = "Taints that the node registers with, as `key=value:effect`. Pods that do not tolerate them are not scheduled there.";
  };

  standalone = lib.mkOption {
    type = lib.types.bool;
    default = kubernetes.kubelet.standalone;
    defaultText = lib.literalExpression "config.cluster.kubernetes.kubelet.standalone";
    example = true;
    description = "Whether the kubelet runs alone: without kubeconfig, so without a cluster, it runs just the static pods of the node.";
  };

}
