/// The commands of `bench/bench`: one a scenario, each printing a [dev.claudemesh.bench.load.Run].
package dev.claudemesh.bench.commands;
