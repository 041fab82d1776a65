package io.tenantry.worker.config;

/** Whether a home is compared with its reference after it was onboarded or upgraded. */
public enum VerifyAfter {
    /** Each home, before its result. */
    ALWAYS,
    /** One in a hundred, after its result. */
    SAMPLE,
    /** None. */
    NEVER
}
