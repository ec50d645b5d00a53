/// Commands about meshes: making and joining them, seeing who is there, talking, and looking after
/// members.
package dev.claudemesh.cli.mesh;
