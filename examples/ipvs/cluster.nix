# Two machines on DHCP: services by IPVS, flannel with its leases in etcd, changed and added flags, files, units and a
# pod of one's own. The leases of control-plane nodes are fixed ones, so the addresses that the others need are known.
{
  cluster.name = "lab";
  cluster.controlPlane.endpoint = "kube.lab.example.com";

  cluster.etcd.version = "3.2.15";
  cluster.flannel.datastore = "etcd";
  cluster.flannel.backend = "vxlan";

  cluster.secrets.keyType = "rsa-2048";

  cluster.kubernetes = {
    version = "1.9.11";
    featureGates.PodPriority = true;

    apiServer.extraArgs = {
      runtime-config = "scheduling.k8s.io/v1alpha1=true";
      service-node-port-range = "30000-32000";
    };
    controllerManager.extraArgs.node-monitor-grace-period = "20s";
    kubelet.extraArgs = {
      node-labels = "rack=r1,disk=ssd";
      v = 2;
    };
    kubelet.featureGates.DevicePlugins = true;

    proxy.mode = "ipvs";
    proxy.extraConfig.ipvs.scheduler = "wrr";
    proxy.extraConfig.conntrack.maxPerCore = 65536;
    scheduler.extraConfig.clientConnection.qps = 100;
  };

  cluster.extra.files."/etc/sysctl.d/90-inotify.conf".text = ''
    fs.inotify.max_user_watches = 1048576
  '';
  cluster.extra.units."locksmithd.service".mask = true;

  cluster.nodes.master = {
    roles = [
      "etcd"
      "control-plane"
    ];
    network.dhcp = true;
    network.interface = "en*";
    network.advertiseAddress = "192.168.20.10";
    user.sshAuthorizedKeys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA me@example.com"
    ];
  };

  cluster.nodes.worker-1 = {
    roles = [ "worker" ];
    network.dhcp = true;
    network.interface = "en*";
    kubelet.hostnameOverride = "worker-1.lab.example.com";
    user.sshAuthorizedKeys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA me@example.com"
      "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7kH7R+1iWHG9OXCfg/27z2mMuAp8F/hukHdIGX9iD2LyqD2DcPvrU9gLJkLtuII+HxJH59oxh3uu66BidAn2EzXfvsLLy5UbySD4UbvReWSe0VF+dyfG0eFMjs9NDhQnXiTjiISot1usJP7brjrz7gegRkaGNJOejuzj/k7Kcxkcl9zcnBHkW2n8VrYm0+aWxZrPp4EdPrBu5JREOUTl3Xn37B7+TlvN+s35eeX6MrLOiGcIEPuSOHn4dIx/bhxZplo5RxleoXv19UA62vq8lZ9rTdpmAYWIFLk5UbuYshpHsdQJyt+7NyYSiCEVcsdV9QY+EmrpHe/5ELXXcHy8f ops@example.com"
    ];

    extra.files."/opt/bin/disk-report" = {
      mode = "0755";
      text = ''
        #!/bin/sh
        df -h /var/lib/docker | logger -t disk-report
      '';
    };
    extra.units."disk-report.service".text = ''
      [Unit]
      Description=Writes the free disk space to the journal

      [Service]
      Type=oneshot
      ExecStart=/opt/bin/disk-report
    '';
    extra.units."disk-report.timer" = {
      enable = true;
      text = ''
        [Timer]
        OnCalendar=hourly

        [Install]
        WantedBy=timers.target
      '';
    };
    extra.units."kubelet.service".dropIns."10-accounting.conf" = ''
      [Service]
      CPUAccounting=yes
      MemoryAccounting=yes
    '';
    extra.manifests."node-exporter.yaml".value = {
      apiVersion = "v1";
      kind = "Pod";
      metadata = {
        name = "node-exporter";
        namespace = "kube-system";
        labels.app = "node-exporter";
      };
      spec = {
        hostNetwork = true;
        hostPID = true;
        containers = [
          {
            name = "node-exporter";
            image = "quay.io/prometheus/node-exporter:v0.15.2";
            args = [
              "--path.procfs=/host/proc"
              "--path.sysfs=/host/sys"
            ];
            volumeMounts = [
              {
                name = "proc";
                mountPath = "/host/proc";
                readOnly = true;
              }
              {
                name = "sys";
                mountPath = "/host/sys";
                readOnly = true;
              }
            ];
          }
        ];
        volumes = [
          {
            name = "proc";
            hostPath.path = "/proc";
          }
          {
            name = "sys";
            hostPath.path = "/sys";
          }
        ];
      };
    };
  };
}
