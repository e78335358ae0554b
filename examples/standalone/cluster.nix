# A kubelet without a cluster: one machine that runs a fixed pod, and nothing else of Kubernetes.
{
  cluster.name = "standalone";
  cluster.kubernetes.kubelet.standalone = true;

  cluster.nodes.web = {
    network.address = "192.0.2.10/24";
    network.gateway = "192.0.2.1";
    network.dns = [ "192.0.2.53" ];

    user.sshAuthorizedKeys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP5JCNF5NS+Tq5QWWo+GQpVeSGK8XP9fc8JTFYjSY5fA me@example.com"
    ];

    extra.manifests."nginx.yaml".text = ''
      apiVersion: v1
      kind: Pod
      metadata:
        name: nginx
        namespace: default
      spec:
        hostNetwork: true
        containers:
          - name: nginx
            image: nginx:1.13
            ports:
              - containerPort: 80
                hostPort: 80
    '';
  };
}
