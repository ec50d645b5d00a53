/// Commands about skills that the catalogue alone cannot make: they read and write `SKILL.md`.
package dev.claudemesh.cli.skills;
