# Kubernetes 1.34: what runs beside it, and the SHA-256 of what is downloaded, as Ignition writes it.
# etcd, CoreDNS, pause, CNI plugins: cmd/kubeadm/app/constants/constants.go and build/dependencies.yaml of v1.34.4.
# flannel: Documentation/kube-flannel.yml of v0.28.9. Sums: what is published beside each file, as Kubespray lists it in
# roles/kubespray_defaults/vars/main/checksums.yml.
{
  latest = "1.34.11";
  etcd = "registry.k8s.io/etcd:3.6.5-0";
  coreDNS = "registry.k8s.io/coredns/coredns:v1.12.1";
  pause = "registry.k8s.io/pause:3.10.1";
  flannel = "ghcr.io/flannel-io/flannel:v0.28.9";
  flannelCniPlugin = "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3";
  cniPlugins = {
    version = "1.7.1";
    hash = {
      amd64 = "sha256-1a28a0506bfe5bcdc981caf1a49eeab7e72da8321f1119b7be85f22621013098";
      arm64 = "sha256-119fcb508d1ac2149e49a550752f9cd64d023a1d70e189b59c476e4d2bf7c497";
    };
  };
  kubelet = {
    "1.34.0" = {
      amd64 = "sha256-5c0d28cea2a3a5c91861dda088a29d56c1b027e184dae1d792686f0710750076";
      arm64 = "sha256-e45a7795391cd62ee226666039153832d3096c0f892266cd968936e18b2b40b0";
    };
    "1.34.1" = {
      amd64 = "sha256-5a72c596c253ea0b0e5bcc6f29903fd41d1d542a7cadf3700c165a2a041a8d82";
      arm64 = "sha256-6a66bc08d6c637fcea50c19063cf49e708fde1630a7f1d4ceca069a45a87e6f1";
    };
    "1.34.2" = {
      amd64 = "sha256-9c5e717b774ee9b9285ce47e7d2150c29e84837eb19a7eaa24b60b1543c9d58f";
      arm64 = "sha256-3e31b1bee9ab32264a67af8a19679777cd372b1c3a04b5d7621289cf137b357c";
    };
    "1.34.3" = {
      amd64 = "sha256-0e759f40bbc717c05227ae3994b77786f58f59ffa0137a34958c6b26fa5bcbbd";
      arm64 = "sha256-765b740e3ad9c590852652a2623424ec60e2dddce2c6280d7f042f56c8c98619";
    };
    "1.34.4" = {
      amd64 = "sha256-03b8fea715a7ef82eeaf518dee34c72670c57cc7bc40dc1320c04fbf4f15172f";
      arm64 = "sha256-c78845473c434ee85a2444eeab87f8b20f524e3ab6854a078f79468f44aad8f5";
    };
    "1.34.5" = {
      amd64 = "sha256-660c7da5cca02dcd83ba21bb3df95a8983bb1c0169af396a8cc234a6d6e7297f";
      arm64 = "sha256-a4cd54fa5af5ed6b4ed14cf172d30f53fd1f197d7d3f43af733b54b19cc87ac5";
    };
    "1.34.6" = {
      amd64 = "sha256-603e15187e0a909a2f104b17b3ea1d927514eae9fe1e96cd8a05b015cf1ee82c";
      arm64 = "sha256-6b30975e2a582367b5048ffdf9ae26e05442cc18faaf29b5dbd9c6a6b556fa26";
    };
    "1.34.7" = {
      amd64 = "sha256-1bc50f574e2f365513c07055e007d284d5e93322282ed288d27e81c2b4356d8c";
      arm64 = "sha256-07658e949e5a089faf36da7ae4e7242a4d2a97fa8eaace0980fd9705d23143a8";
    };
    "1.34.8" = {
      amd64 = "sha256-117ff5f6923c9ab4af7fa4e995a2bdc48b4b0f84d00017b4d7368e1e861e84f2";
      arm64 = "sha256-5d8d62d15f18c18998af09fcab83420b9cbccc2be7fede2a0b26f4a3f523c6b5";
    };
    "1.34.9" = {
      amd64 = "sha256-d4ce6d8d7e2d762894b13bbed90dbb56fbe8fa01414a68cc2988e070d8676b94";
      arm64 = "sha256-fd348a9bf8b796b6672fd864606af38e68e788dd62976a3a6b4d95333e406424";
    };
    "1.34.10" = {
      amd64 = "sha256-59669fd1233989fda877aa8a785bd56d4c73e739afcd90596c62e0172af2738c";
      arm64 = "sha256-8f9305c7c639056e9544af4d360119af03c43cec470b2fb28ddaca26525b2564";
    };
    "1.34.11" = {
      amd64 = "sha256-4777a226b2ba3c1d656254bcf3f7ad471bf210042f361094216e51ab4fa9b4b6";
      arm64 = "sha256-f12879879481e9af46317c2c82a6dba7d59df78ed095e44e0399643df1c4c8ba";
    };
  };
  kubectl = {
    "1.34.0" = {
      amd64 = "sha256-cfda68cba5848bc3b6c6135ae2f20ba2c78de20059f68789c090166d6abc3e2c";
      arm64 = "sha256-00b182d103a8a73da7a4d11e7526d0543dcf352f06cc63a1fde25ce9243f49a0";
    };
    "1.34.1" = {
      amd64 = "sha256-7721f265e18709862655affba5343e85e1980639395d5754473dafaadcaa69e3";
      arm64 = "sha256-420e6110e3ba7ee5a3927b5af868d18df17aae36b720529ffa4e9e945aa95450";
    };
    "1.34.2" = {
      amd64 = "sha256-9591f3d75e1581f3f7392e6ad119aab2f28ae7d6c6e083dc5d22469667f27253";
      arm64 = "sha256-95df604e914941f3172a93fa8feeb1a1a50f4011dfbe0c01e01b660afc8f9b85";
    };
    "1.34.3" = {
      amd64 = "sha256-ab60ca5f0fd60c1eb81b52909e67060e3ba0bd27e55a8ac147cbc2172ff14212";
      arm64 = "sha256-46913a7aa0327f6cc2e1cc2775d53c4a2af5e52f7fd8dacbfbfd098e757f19e9";
    };
    "1.34.4" = {
      amd64 = "sha256-d50c359d95e0841eaad08ddc27c7be37cba8fdccfba5c8e2ded65e121ff112db";
      arm64 = "sha256-5b982c0644ab1e27780246b9085a5886651b4a7ed86243acbb2bacc1bea01dda";
    };
    "1.34.5" = {
      amd64 = "sha256-6a17dd8387783b3144a65535e38d02c351027e9718ea34a6c360476cb26d28bb";
      arm64 = "sha256-2d433b53b99ea532f877df6fa5044286e3950d4933967ac3d99262760bc649fd";
    };
    "1.34.6" = {
      amd64 = "sha256-3166155b17198c0af34ff5a360bd4d9d58db98bafadc6f3c2a57ae560563cd6b";
      arm64 = "sha256-a49a439f83f504e6bc051f516a8baf8d2220d74110f7f9bcaf25feac69e368d1";
    };
    "1.34.7" = {
      amd64 = "sha256-b46ecf2b80f76d5a7d58c296c2e11e42c85eaa1eb866ddbc1e91625f71c21000";
      arm64 = "sha256-93d2113f1f38b5709f2955b7981fcd37d675c9aafda81702c202a63361b6093b";
    };
    "1.34.8" = {
      amd64 = "sha256-f6249132865c13abe3c9dd5038f5da65849cb86eee1608c001831504e481aa8c";
      arm64 = "sha256-4c9fe1f717738950c638c38056130a8db5075e6413ae36d8687221a240cdf88b";
    };
    "1.34.9" = {
      amd64 = "sha256-73bb6f5063caadae1e73a39de018d8ad21755984bea35358484db817859e7634";
      arm64 = "sha256-63317b16a5264af47169b54dafd1878fed29031ebc8367960dd3b88484334e04";
    };
    "1.34.10" = {
      amd64 = "sha256-95bd70842bd11a524d24acd5b68726899e3488e153e45e2b4ae846545beda050";
      arm64 = "sha256-52d3aeefea32fdfa3671ccd636be5da463ddfd0a2fc09d7bcbaedcff4c76cad5";
    };
    "1.34.11" = {
      amd64 = "sha256-8efbb9435132a190920eb65a47a8c1ecf755ad85ab57a600c9bedbab460bb7a8";
      arm64 = "sha256-5b045a4712674c88a56fd98eef4285689738b7fbe8735e1b9ee3509521af5cb4";
    };
  };
}
