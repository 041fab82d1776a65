/** Holds the manifests under ops/kubernetes against the types of Kubernetes and against the worker's own code. */
@NullMarked
package io.tenantry.worker.ops.kubernetes;

import org.jspecify.annotations.NullMarked;
