/** A request that can't be handed to the app. The client gets `status` and the message as text. */
export class RequestFault extends Error {
  override readonly name = "RequestFault";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
