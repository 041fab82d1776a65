package io.tenantry.worker.config.read;

import java.util.List;

/** The settings cannot be used; carries everything that is wrong with them, and no secret. */
public final class InvalidSettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> faults;

    /** @param faults one sentence each, naming the key, the value unless it is secret, and what is allowed */
    public InvalidSettingsException(List<String> faults) {
        super(String.join("\n", faults));
        this.faults = List.copyOf(faults);
    }

    /** At least one; the message is these, one a line. */
    public List<String> faults() {
        return faults;
    }
}
