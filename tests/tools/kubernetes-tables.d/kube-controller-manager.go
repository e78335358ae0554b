package main

import "k8s.io/kubernetes/cmd/kube-controller-manager/app"

func load() component {
	return component{name: "kube-controller-manager", command: app.NewControllerManagerCommand()}
}

func extra() {}
