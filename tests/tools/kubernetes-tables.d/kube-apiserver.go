package main

import (
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

func load() component {
	return component{name: "kube-apiserver", command: app.NewAPIServerCommand()}
}

func extra() {
	for _, plugin := range options.NewServerRunOptions().Admission.GenericAdmission.Plugins.Registered() {
		row("admission-plugins.tsv", plugin)
	}
}
