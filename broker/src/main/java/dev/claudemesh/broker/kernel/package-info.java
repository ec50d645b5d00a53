/// What every room stands on: who calls, who is here, what happened, and how an answer leaves.
package dev.claudemesh.broker.kernel;
