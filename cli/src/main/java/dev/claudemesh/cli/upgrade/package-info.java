/// Getting a newer claudemesh: what a release feed tells, whether it is signed by the key that the
/// user named, and changing to it so that there is a whole one at every moment.
package dev.claudemesh.cli.upgrade;
