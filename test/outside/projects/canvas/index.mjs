import { createCanvas } from "@napi-rs/canvas";

export const handler = async ({ color }) => {
  const canvas = createCanvas(8, 4);
  const context = canvas.getContext("2d");
  context.fillStyle = color;
  context.fillRect(0, 0, 8, 4);
  return {
    pixel: [...context.getImageData(1, 1, 1, 1).data],
    png: (await canvas.encode("png")).subarray(1, 4).toString(),
  };
};
