/// `claudemesh demo`: the whole main job in a throwaway folder, told step by step.
package dev.claudemesh.cli.demo;
