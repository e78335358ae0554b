# kube-apiserver, a static pod on every control-plane node.
{ lib, config, ... }:
let
  tls = config.cluster.tls.enable;
  inherit (import ./release.nix { inherit config; }) isHyperkube;
in
{
  options.cluster.kubernetes.apiServer = {
    insecureBindAddress = lib.mkOption {
      type = lib.types.str;
      default = "127.0.0.1";
      example = "0.0.0.0";
      description = "`--insecure-bind-address`: address on which the API is served without TLS and without authentication, if it is.";
    };

    insecurePort = lib.mkOption {
      type = lib.types.nullOr lib.types.port;
      default = null;
      example = 8080;
      description = ''
        `--insecure-port`: TCP port of the API without TLS. Whoever reaches it is the cluster's administrator. With
        `null` there is none.
      '';
    };

    securePort = lib.mkOption {
      type = lib.types.port;
      default = 6443;
      example = 443;
      description = "`--secure-port`: TCP port of the API with TLS.";
    };

    extraNames = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      example = [ "api.example.com" ];
      description = "Further DNS names and addresses that the API servers' certificates are for.";
    };

    allowPrivileged = lib.mkOption {
      type = lib.types.bool;
      default = true;
      example = false;
      description = "`--allow-privileged`: whether pods may run privileged containers. kube-proxy does.";
    };

    admissionControl = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default =
        if !isHyperkube then
          [ "NodeRestriction" ]
        else if tls then
          [
            "NamespaceLifecycle"
            "LimitRanger"
            "ServiceAccount"
            "NodeRestriction"
            "DefaultStorageClass"
            "DefaultTolerationSeconds"
            "MutatingAdmissionWebhook"
            "ValidatingAdmissionWebhook"
            "ResourceQuota"
          ]
        else
          [
            "NamespaceLifecycle"
            "LimitRanger"
            "ServiceAccount"
            "DefaultStorageClass"
            "ResourceQuota"
          ];
      defaultText = lib.literalExpression ''[ "NodeRestriction" ] beside the version's own; with 1.9 and TLS: [ "NamespaceLifecycle" "LimitRanger" "ServiceAccount" "NodeRestriction" "DefaultStorageClass" "DefaultTolerationSeconds" "MutatingAdmissionWebhook" "ValidatingAdmissionWebhook" "ResourceQuota" ], with 1.9 and without TLS: [ "NamespaceLifecycle" "LimitRanger" "ServiceAccount" "DefaultStorageClass" "ResourceQuota" ]'';
      example = [
        "NamespaceLifecycle"
        "LimitRanger"
        "ServiceAccount"
        "DefaultStorageClass"
        "DefaultTolerationSeconds"
        "ResourceQuota"
      ];
      description = "`--enable-admission-plugins`: what is turned on beside the version's own. With 1.9 `--admission-control`: all of them in their order, which matters there.";
    };

    anonymousAuth = lib.mkOption {
      type = lib.types.bool;
      default = !tls;
      defaultText = lib.literalExpression "!config.cluster.tls.enable";
      example = false;
      description = "`--anonymous-auth`: whether a request without credentials is let in as the user `system:anonymous`.";
    };

    audit.enable = lib.mkOption {
      type = lib.types.bool;
      default = tls;
      defaultText = lib.literalExpression "config.cluster.tls.enable";
      example = false;
      description = ''
        Whether who did what is written to `/var/log/kubernetes/audit.log` on each control-plane node. To change what is
        written, replace the file `/etc/kubernetes/audit-policy.yaml` with `cluster.extra.files`.
      '';
    };

    audit.maxAge = lib.mkOption {
      type = lib.types.ints.positive;
      default = 30;
      example = 30;
      description = "`--audit-log-maxage`: days that audit logs are kept.";
    };

    audit.maxBackups = lib.mkOption {
      type = lib.types.ints.positive;
      default = 10;
      example = 10;
      description = "`--audit-log-maxbackup`: how many old audit logs are kept.";
    };

    audit.maxSize = lib.mkOption {
      type = lib.types.ints.positive;
      default = 100;
      example = 100;
      description = "`--audit-log-maxsize`: MiB after which a new audit log is begun.";
    };

    encryptSecrets = lib.mkOption {
      type = lib.types.bool;
      default = tls;
      defaultText = lib.literalExpression "config.cluster.tls.enable";
      example = false;
      description = "Whether Kubernetes' Secrets are encrypted in etcd, with the key that `tinderbox keys` makes.";
    };

    livenessProbe = import ./liveness-probe.nix {
      inherit lib;
      initialDelaySeconds = 15;
      timeoutSeconds = 15;
    };
  }
  // import ./component-options.nix {
    inherit lib;
    name = "kube-apiserver";
  };
}
