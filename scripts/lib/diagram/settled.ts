/** Waits until a program that runs against Pulumi's mocks has nothing more to ask. */
export async function settled(): Promise<void> {
  const { waitForRPCs } = (await import('@pulumi/pulumi/runtime/settings.js')) as unknown as {
    waitForRPCs(): Promise<void>;
  };
  for (let quiet = 0; quiet < 3; quiet++) {
    await waitForRPCs();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
