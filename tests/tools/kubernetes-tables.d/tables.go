// A component of Kubernetes -> rows of flags.tsv and feature-gates.tsv, each after the name of its table.
//
// It is built once for each component, beside the file of that name: what is linked decides which gates and which flags
// of libraries there are.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/component-base/featuregate"
	"k8s.io/component-base/logs"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/component-base/version/verflag"
)

// component is one program.
type component struct {
	name string
	// What it can be started with: by cobra, or, where that is told to keep away, a set of its own.
	command *cobra.Command
	flags   *pflag.FlagSet
	// Whether it heeds a flag that is not one of every program, although it reads a configuration file. Nil where
	// there is no such file, or where flags override it.
	heeds func(*pflag.Flag) bool
}

func row(table string, columns ...string) {
	for i, column := range columns {
		columns[i] = strings.Join(strings.Fields(column), " ")
	}
	fmt.Println(table + "\t" + strings.Join(columns, "\t"))
}

func main() {
	it := load()
	if it.command != nil {
		it.flags = ofCommand(it.command)
	}
	common := everywhere()
	it.flags.VisitAll(func(f *pflag.Flag) {
		note, deprecated := deprecation(f)
		global := common.Lookup(f.Name) != nil
		if global {
			note = strings.TrimSuffix("global; "+note, "; ")
		}
		ignored := ""
		if it.heeds != nil && !global && !it.heeds(f) {
			ignored = "ignored"
		}
		row("flags.tsv", it.name, "--"+strings.ReplaceAll(f.Name, "_", "-"), f.Value.Type(), yes(deprecated), note, ignored)
	})
	for name, spec := range utilfeature.DefaultMutableFeatureGate.GetAll() {
		gate(string(name), spec)
	}
	extra()
}

func gate(name string, spec featuregate.FeatureSpec) {
	stage := string(spec.PreRelease)
	switch spec.PreRelease {
	case featuregate.PreAlpha:
		return // Of a later version.
	case featuregate.GA:
		stage = "GA"
	}
	locked := ""
	if spec.LockToDefault {
		locked = "locked"
	}
	row("feature-gates.tsv", name, stage, fmt.Sprint(spec.Default), "0", locked)
}

// ofCommand are the flags that a command parses: what cli.Run (component-base/cli) and cobra add comes with its own.
func ofCommand(command *cobra.Command) *pflag.FlagSet {
	command.SetGlobalNormalizationFunc(cliflag.WordSepNormalizeFunc)
	logs.AddFlags(command.PersistentFlags())
	command.InitDefaultHelpFlag()
	if err := command.ParseFlags(nil); err != nil {
		panic(err)
	}
	return command.Flags()
}

// everywhere are the flags of linked packages: of the log, those that print something and exit, and those that are
// registered for every program, as cAdvisor's are.
func everywhere() *pflag.FlagSet {
	set := pflag.NewFlagSet(os.Args[0], pflag.ContinueOnError)
	set.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
	set.AddGoFlagSet(flag.CommandLine)
	logsapi.AddFlags(logs.NewOptions(), set)
	verflag.AddFlags(set)
	set.BoolP("help", "h", false, "")
	return set
}

// What the kubelet and cAdvisor say of most of their flags, in fewer words.
var shorter = strings.NewReplacer(
	"This parameter should be set via the config file specified by the Kubelet's --config flag. "+
		"See https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/ for more information.",
	"use the configuration file",
	"This is a cadvisor flag that was mistakenly registered with the Kubelet. "+
		"Due to legacy concerns, it will follow the standard CLI deprecation timeline before being removed.",
	"of cAdvisor, registered by mistake",
	". Will be removed", "; will be removed", ". Please use", "; use", "Deprecated, ", "", "Use ", "use ",
)

// deprecation is what a flag says of it: by its mark, or by its help text alone.
func deprecation(f *pflag.Flag) (string, bool) {
	if f.Deprecated != "" {
		return strings.TrimSuffix(shorter.Replace(f.Deprecated), "."), true
	}
	if strings.HasPrefix(f.Usage, "DEPRECATED") {
		return "deprecated by its help text only", true
	}
	return "", false
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
